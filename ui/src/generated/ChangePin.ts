import type { Typed } from "./Typed";
export type ChangePin = { old: Typed, new: Typed, };
