export type { CompletenessRange } from "./completeness-tracker.ts";
export type { Component, ComponentState } from "./component-state.ts";
