/**
 * JSON, read character by character as RFC 8259 says, with exact integers: slow, and shares nothing with the decoder.
 *
 * @throws for text that is not JSON, or has a number that no double can hold.
 */
export function referenceParse(text: string): unknown {
  let at = 0;
  const fail = (): never => {
    throw new SyntaxError(`not JSON at ${at}`);
  };
  const skip = (): void => {
    while (" \t\n\r".includes(text.charAt(at)) && at < text.length) at++;
  };
  const take = (expected: string): boolean => {
    if (!text.startsWith(expected, at)) return false;
    at += expected.length;
    return true;
  };

  const string = (): string => {
    let value = "";
    while (!take('"')) {
      const char = text.charAt(at++);
      if (char === "" || char < " ") fail();
      if (char !== "\\") value += char;
      else if (take("u")) {
        const hex = text.slice(at, at + 4);
        if (!/^[0-9a-fA-F]{4}$/.test(hex)) fail();
        at += 4;
        value += String.fromCharCode(Number.parseInt(hex, 16));
      } else {
        const escape = '"\\/bfnrt'.indexOf(text.charAt(at++) || " ");
        value += '"\\/\b\f\n\r\t'.charAt(escape) || fail();
      }
    }
    return value;
  };
  const number = (): number | bigint => {
    const literal = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(text.slice(at))?.[0] ?? fail();
    at += literal.length;
    const value = Number(literal);
    if (!Number.isFinite(value) && !/^-?\d+$/.test(literal)) fail();
    return /^-?\d+$/.test(literal) && !Number.isSafeInteger(value) ? BigInt(literal) : value;
  };
  const list = <Item>(close: string, item: () => Item): readonly Item[] => {
    const items: Item[] = [];
    skip();
    if (take(close)) return items;
    do {
      skip();
      items.push(item());
      skip();
    } while (take(","));
    return take(close) ? items : fail();
  };
  const entry = (): readonly [string, unknown] => {
    if (!take('"')) fail();
    const name = string();
    skip();
    return take(":") ? [name, value()] : fail();
  };
  const value = (): unknown => {
    skip();
    if (take('"')) return string();
    if (take("[")) return list("]", value);
    if (take("{")) return Object.fromEntries(list("}", entry));
    if (take("null")) return null;
    if (take("true")) return true;
    return take("false") ? false : number();
  };

  const parsed = value();
  skip();
  return at === text.length ? parsed : fail();
}
