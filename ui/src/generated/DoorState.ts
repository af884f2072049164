export type DoorState = "locked" | "open" | "wiped" | "revoked";
