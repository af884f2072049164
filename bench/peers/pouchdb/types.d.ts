// PouchDB ships no types, and the published ones redeclare Node's Buffer. This is the part of it that is used here.

declare module 'pouchdb' {
  export type Document = Record<string, unknown> & { _id: string, _rev?: string };

  export type Replicated = { ok: boolean, errors: unknown[] };

  export default class PouchDB {
    constructor(name: string);
    get(id: string): Promise<Document>;
    put(document: Document): Promise<unknown>;
    bulkDocs(documents: Document[]): Promise<object[]>;
    static replicate(source: PouchDB | string, target: PouchDB | string): Promise<Replicated>;
  }
}
