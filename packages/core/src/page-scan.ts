// All integers of up to 15 digits are exact as numbers.
const maxPlainDigits = 15;

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

/** Follows the structure of a page's JSON byte by byte, to find the list of elements and the commas between them. */
export interface PageScan {
  /** How many of the bytes are scanned. */
  readonly at: number;
  /** The start of the next element, behind the last comma; 0 if there is none. */
  readonly cut: number;
  /** Behind the last number that the platform's parser may not read exactly, or −1. */
  readonly unusualNumber: number;
  /** Roughly how many values were seen. */
  readonly values: number;
  /** Scans up to `end`, or to the start or the end of the list. Returns whether it stopped at the list. */
  run(bytes: Uint8Array, end: number, inList: boolean): boolean;
  /** Tells that `count` bytes before position `before` are gone. */
  drop(count: number, before: number): void;
}

export function scanPage(): PageScan {
  let scanned = 0;
  let cut = 0;
  let unusualNumber = -1;
  let values = 0;
  let depth = 0;
  let inString = false;
  let escaped = false;
  let digitsBefore = 0;

  return {
    get at() {
      return scanned;
    },
    get cut() {
      return cut;
    },
    get unusualNumber() {
      return unusualNumber;
    },
    get values() {
      return values;
    },
    run(bytes, end, inList) {
      // Every byte passes through this loop, so it uses local variables and character codes.
      let at = scanned;
      let level = depth;
      let count = values;
      let inside = inString;
      let digits = isDigit(bytes[at]) ? digitsBefore : 0;
      let stop = false;
      while (at < end && !stop) {
        if (inside) {
          if (escaped) at++;
          escaped = false;
          while (at < end && inside) {
            const byte = bytes[at++];
            if (byte === 0x22) inside = false;
            else if (byte === 0x5c && at++ === end) escaped = true;
          }
          continue;
        }
        switch (bytes[at++]) {
          case 0x22: // "
            inside = true;
            break;
          case 0x2c: // ,
            count++;
            if (level === 2 && inList) cut = at;
            break;
          case 0x5b: // [
            count++;
            level++;
            stop = level === 2 && !inList;
            break;
          case 0x7b: // {
            count++;
            level++;
            break;
          case 0x5d: // ]
          case 0x7d: // }
            level--;
            stop = level === 1 && inList;
            break;
          case 0x45: // E
          case 0x65: // e, also of true and false
            if (at === end || isDigit(bytes[at]) || bytes[at] === 0x2b) unusualNumber = at;
            break;
          default: {
            // A digit, or what may stand before one. Counting that too only makes a number look longer.
            const first = at - 1;
            while (at < end && isDigit(bytes[at])) at++;
            digits += at - first;
            if (digits > maxPlainDigits) unusualNumber = at;
            if (at < end) digits = 0;
          }
        }
      }
      scanned = Math.min(at, end);
      depth = level;
      values = count;
      inString = inside;
      digitsBefore = digits;
      return stop;
    },
    drop(count, before) {
      scanned -= count;
      unusualNumber = unusualNumber > before ? unusualNumber - count : -1;
      cut = 0;
    },
  };
}
