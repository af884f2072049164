export type Typed = string;
