// The commands' types are those of the interface.
export type * from '../../../ui/src/lib/api';
