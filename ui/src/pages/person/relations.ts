// What a contact can be to a person, in the order in which people look for them.

export const RELATIONS = [
  'fast_vardkontakt', 'fast_lakarkontakt', 'pas', 'aldresjukskoterska', 'hemtjanst', 'bistandshandlaggare', 'relative', 'other',
] as const;

export type Relation = (typeof RELATIONS)[number];
