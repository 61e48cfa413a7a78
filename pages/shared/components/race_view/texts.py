"""Every text that the browser side of the race view shows, by the name that its program calls it; {parts} it fills in itself."""

from optim.i18n.message import say

NOTE = say(
    "The ring is the start: drag it, or click anywhere on the map. A star is a minimum, a cross where a racer left the picture. "
    "Arrows show directions: a step too short to see is drawn longer."
)
NOTE_TOLD = say("The ring is the start, a star a minimum, a cross the place where a racer left the picture.")
TEXTS = {
    "surface": say("The race on the surface"),
    "asleep": say("Turn it with two fingers, or tap first and use one."),
    "awake": say("One finger turns it now. Tap again to scroll the page."),
    "map": say("The race on the contour map; a click sets the start"),
    "curve": say("Curves of every racer"),
    "playback": say("Playback"),
    "restart": say("Back to the start (Home)"),
    "back": say("One step back (left arrow)"),
    "play": say("Play (space)"),
    "pause": say("Pause (space)"),
    "forward": say("One step on (right arrow)"),
    "scrub": say("Step shown"),
    "speed": say("Speed"),
    "step": say("step {step} of {steps}"),
    "arrows": say("Arrows"),
    "a_slope": say("downhill (dotted)"),
    "a_velocity": say("velocity: what memory adds (dashed)"),
    "a_step": say("next step"),
    "save": say("Save picture"),
    "board": say("Leader board"),
    "board_loss": say("loss at this step"),
    "leads": say("Step {step} of {steps}: {name} leads, loss {loss}."),
    "thinned": say("The pictures show at most {points} points per racer, every extreme kept; the table has them all."),
    "flat": say("This browser has no WebGL, so there is no surface; map and curves still play."),
    "failed": say("The pictures could not be drawn: {error}. The numbers below are complete."),
    "no_library": say("plotly.min.js could not be loaded"),
    "row": say("{name}: {reason}"),
    "still moving": say("still moving"),
    "diverged_at": say("diverged at {step}"),
    "stopped_at": say("stopped at {step}"),
    "target_at": say("target at {step}"),
    "tip_step": say("step {step}"),
    "tip_after": say("after step {step}"),
    "tip_loss": say("loss {loss}"),
    "click": say("Click: start here"),
    "picture": say("{title} – step {step} of {steps}"),
    "picture_row": say("{rank}. {name}: loss {loss}"),
}
