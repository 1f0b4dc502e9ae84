export type { Component, ComponentState } from "./component-state.ts";
