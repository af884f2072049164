import type { DoorUser } from "./DoorUser";
import type { KeyPlace } from "./KeyPlace";
import type { Settings } from "./Settings";
export type DoorView = { users: Array<DoorUser>, open: string | null, without_pin: string | null, key_kept_in: KeyPlace, lease_until: string | null, lease_over: boolean, settings: Settings, };
