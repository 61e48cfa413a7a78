// What every page needs, whatever is on it.

import { accessible } from "./access.js";
import { closingMenu } from "./menu.js";
import { themed } from "./theme.js";
import { touchable } from "./phone.js";

export default function ({ data, setTriggerValue }) {
  const ends = [themed((theme) => setTriggerValue("theme", theme)), ...(data.whole ? [closingMenu(), touchable(), accessible(data.skip)] : [])];
  return () => ends.forEach((end) => end());
}
