"""Every text that the browser side of the race view shows, by the name that its program calls it; {parts} it fills in itself."""

from optim.i18n.message import message

NOTE = message(
    "The ring is the start: drag it, or click anywhere on the map. A star is a minimum, a cross where a racer left the picture. "
    "Arrows show directions: a step too short to see is drawn longer."
)
NOTE_FIXED = message("The ring is the start, a star a minimum, a cross the place where a racer left the picture.")
TEXTS = {
    "surface": message("The race on the surface"),
    "asleep": message("Turn it with two fingers, or tap first and use one."),
    "awake": message("One finger turns it now. Tap again to scroll the page."),
    "map": message("The race on the contour map; a click sets the start"),
    "curve": message("Curves of every racer"),
    "playback": message("Playback"),
    "restart": message("Back to the start (Home)"),
    "back": message("One step back (left arrow)"),
    "play": message("Play (space)"),
    "pause": message("Pause (space)"),
    "forward": message("One step on (right arrow)"),
    "scrub": message("Step shown"),
    "speed": message("Speed"),
    "rate": message("Learning rate, live"),
    "rate_whose": message("Whose learning rate"),
    "rate_of": message("{name}'s learning rate"),
    "rate_typed": message("{name}'s learning rate, exact"),
    "rate_is": message("learning rate {rate}"),
    "rate_later": message("The picture follows when you let go."),
    "rate_expected": message("Expected: {expected}."),
    "step": message("step {step} of {steps}"),
    "arrows": message("Arrows"),
    "a_slope": message("downhill (dotted)"),
    "a_velocity": message("velocity: what memory adds (dashed)"),
    "a_step": message("next step"),
    "save": message("Save picture"),
    "board": message("Leader board"),
    "board_loss": message("loss at this step"),
    "leads": message("Step {step} of {steps}: {name} leads, loss {loss}."),
    "thinned": message("The pictures show at most {points} points per racer, every extreme kept; the table has them all."),
    "flat": message("This browser has no WebGL, so there is no surface; map and curves still play."),
    "failed": message("The pictures could not be drawn: {error}. The numbers below are complete."),
    "no_library": message("plotly.min.js could not be loaded"),
    "row": message("{name}: {reason}"),
    "still moving": message("still moving"),
    "diverged_at": message("diverged at {step}"),
    "stopped_at": message("stopped at {step}"),
    "target_at": message("target at {step}"),
    "tip_step": message("step {step}"),
    "tip_after": message("after step {step}"),
    "tip_loss": message("loss {loss}"),
    "click": message("Click: start here"),
    "picture": message("{title} – step {step} of {steps}"),
    "picture_row": message("{rank}. {name}: loss {loss}"),
}
