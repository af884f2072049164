export type RemoveUser = { user: string, confirmed: boolean, };
