// typedoc calls a parameter that is taken apart in the signature "__namedParameters". Here these are always options.
import { Converter, ReflectionKind } from "typedoc";

/** @param {import("typedoc").Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_PARAMETER, (_context, reflection) => {
    if (reflection.kindOf(ReflectionKind.Parameter) && reflection.name === "__namedParameters") {
      reflection.name = "options";
    }
  });
}
