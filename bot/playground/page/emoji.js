// Law: the emoji an app is likely to write, by Slack's names. A name that is not here stays as it was typed,
// which is also what Slack does with a name it does not know.

const TABLE = {
  "+1": "👍", "-1": "👎", alarm_clock: "⏰", arrow_down: "⬇️", arrow_left: "⬅️", arrow_right: "➡️",
  arrow_up: "⬆️", bell: "🔔", no_bell: "🔕", blush: "😊", bookmark: "🔖", books: "📚", book: "📖", bug: "🐛",
  bulb: "💡", calendar: "📆", date: "📅", clipboard: "📋", clock9: "🕘", construction: "🚧", eyes: "👀",
  exclamation: "❗", question: "❓", fire: "🔥", gear: "⚙️", grey_question: "❔", heart: "❤️",
  heavy_check_mark: "✔️", hourglass: "⌛", hourglass_flowing_sand: "⏳", inbox_tray: "📥",
  information_source: "ℹ️", key: "🔑", link: "🔗", lock: "🔒", mag: "🔍", mag_right: "🔎", mailbox: "📫",
  mailbox_with_mail: "📬", memo: "📝", newspaper: "📰", rolled_up_newspaper: "🗞️", no_entry: "⛔",
  ok_hand: "👌", page_facing_up: "📄", pause_button: "⏸️", arrow_forward: "▶️", pray: "🙏", pushpin: "📌",
  raised_hands: "🙌", recycle: "♻️", robot_face: "🤖", rocket: "🚀", rotating_light: "🚨", scroll: "📜",
  see_no_evil: "🙈", slightly_smiling_face: "🙂", smile: "😄", sparkles: "✨", star: "⭐", tada: "🎉",
  thinking_face: "🤔", thumbsup: "👍", thumbsdown: "👎", triangular_flag_on_post: "🚩", warning: "⚠️",
  wastebasket: "🗑️", wave: "👋", white_check_mark: "✅", wrench: "🔧", x: "❌", zap: "⚡", zzz: "💤",
  large_blue_circle: "🔵", large_green_circle: "🟢", large_yellow_circle: "🟡", red_circle: "🔴",
  white_circle: "⚪",
};

/** The emoji of that name, or null. */
export function emoji(name) {
  return Object.hasOwn(TABLE, name) ? TABLE[name] : null;
}

/** The text with every known `:name:` drawn. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (typed, name) => emoji(name) ?? typed);
}
