import type { Typed } from "./Typed";
export type Unlock = { user: string, pin: Typed, };
