export { completeness, type Completeness, type CompletenessSummary } from "./completeness.ts";
export type { CompletenessOptions } from "./completeness-options.ts";
export type { CompletenessFigures, CompletenessRange } from "./completeness-tracker.ts";
export type { Component, ComponentState } from "./component-state.ts";
export type { Expected } from "./expected.ts";
export type { GraceOptions } from "./grace.ts";
