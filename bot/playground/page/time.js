// Law: what time it is for the person who looks: the playground's clock, where it has one, and their own zone.
// Every moment on the page is put into words here, so that messages and the clock never disagree.

const SECOND = 1000;
const DAY = 86_400 * SECOND;
const told = { ahead: 0, zone: undefined };
const formats = new Map(); // making one takes longer than using it

/** Go by the playground's clock (Unix seconds; null: by this machine's). */
export function setClock(seconds) {
  told.ahead = seconds === null ? 0 : seconds * SECOND - Date.now();
}

/** Show moments in this IANA zone. */
export function setZone(zone) {
  told.zone = zone;
}

/** The moment it is. */
export function now() {
  return new Date(Date.now() + told.ahead);
}

/** A moment in words, by Intl.DateTimeFormat's options, in the reader's language and zone. */
export function inWords(moment, options, language) {
  return format(options, language).format(moment);
}

/** The day of a moment as YYYY-MM-DD. */
export function dayOf(moment) {
  const { year, month, day } = parts(moment);
  return `${year}-${month}-${day}`;
}

/** How many days after today's a moment's day is. */
export function daysAhead(moment) {
  return Math.round((Date.parse(dayOf(moment)) - Date.parse(dayOf(now()))) / DAY);
}

/** What the clock shows: “Sat 21 Nov 14:40 · Europe/London”, in pieces. */
export function clockFace() {
  const moment = now();
  const { hour, minute } = parts(moment);
  const date = inWords(moment, { weekday: "short", day: "numeric", month: "short" }, "en-GB").replace(",", "");
  return { date, time: `${hour}:${minute}`, zone: told.zone };
}

/** The seconds until it is Monday, nine o'clock. */
export function untilMonday() {
  const at = Math.floor(now() / SECOND) * SECOND;
  const here = wall(at);
  const days = (8 - new Date(here).getUTCDay()) % 7;
  const nine = here - (here % DAY) + days * DAY + 9 * 3600 * SECOND;
  const target = nine > here ? nine : nine + 7 * DAY;
  const guess = at + target - here;
  return (guess + target - wall(guess) - at) / SECOND; // summer time may begin or end on the way
}

/** What a clock on the wall shows at a moment, as if that were UTC. */
function wall(moment) {
  const { year, month, day, hour, minute, second } = parts(moment);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function parts(moment) {
  const two = "2-digit";
  const options = { year: "numeric", month: two, day: two, hour: two, minute: two, second: two, hourCycle: "h23" };
  return Object.fromEntries(format(options, "en-GB").formatToParts(moment).map(({ type, value }) => [type, value]));
}

function format(options, language) {
  const key = JSON.stringify([options, language, told.zone]);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(language, { ...options, timeZone: told.zone }));
  return formats.get(key);
}
