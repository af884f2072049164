import type { Typed } from "./Typed";
export type Recover = { user: string, server: string, code: string, pin: Typed, };
