import type { Typed } from "./Typed";
export type ChoosePin = { pin: Typed, };
