import type { DoorState } from "./DoorState";
export type DoorUser = { id: string, name: string, state: DoorState, tries_left: number, wait_seconds: number, rescuable: boolean, unsent: number | null, };
