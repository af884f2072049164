export type OfDoorUser = { user: string, };
