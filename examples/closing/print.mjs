// What a person sees: times, strips of a night, and totals.

const format = (options) => {
  const formatter = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options });
  return (seconds) => formatter.format(seconds * 1000);
};
export const nameOfDay = format({ weekday: "long", day: "numeric", month: "long" });
export const timeOf = format({ hour: "2-digit", minute: "2-digit" });

const symbols = {
  present: "█",
  empty: "░",
  unknown: "▒",
  incomplete: "?",
  duplicate: "2",
  missing: "·",
  open: " ",
};

/** A character a minute, for ranges of one component in ascending order. */
export function strip(ranges) {
  return ranges.map(({ state, from, to }) => symbols[state].repeat((to - from) / 60)).join("");
}

export function printTotals(title, totals) {
  console.log(title);
  for (const { meter, unit, value } of totals) {
    console.log(`  ${meter.padEnd(6)}${value.toLocaleString("en-US").padStart(26)} ${unit}`);
  }
}
