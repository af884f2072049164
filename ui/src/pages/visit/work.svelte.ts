// The visit that the page's parts work on: what stands in it, how an answer is kept, and what could not be.

import { createContext } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { Disagreement, Edit, FieldValue, NoteView, RowId, SectionName, VisitPage, Whereabouts } from '../../lib/api';
import { asFailure } from '../../lib/call';
import { encode, same } from '../../lib/disagreement/kinds';
import { unkept } from '../../lib/draft.svelte';
import { edit, setField, setRow } from '../../lib/edits';
import { app } from '../../lib/app.svelte';
import { sectionOf } from './logic/sections';

export class Work {
  /** Whether answers can be given now; some open a visit to read it first. */
  editing = $state(false);
  /** Answers that could not be kept because two colleagues' answers stand there already. */
  readonly undecided = new SvelteMap<string, FieldValue>();

  readonly #page: () => VisitPage;
  /** The notes that stood there when the page was opened. */
  readonly #known: ReadonlySet<RowId>;
  readonly show: (page: VisitPage) => void;

  constructor(page: () => VisitPage, show: (page: VisitPage) => void) {
    this.#page = page;
    this.#known = new Set(page().notes.map((note) => note.row));
    this.show = show;
  }

  get page(): VisitPage {
    return this.#page();
  }

  get readonly(): boolean {
    return this.page.read_only || !this.editing;
  }

  get signed(): boolean {
    return this.page.signatures.length > 0;
  }

  /** Notes that the user has not seen: those that were new, and those that came while the page is open. */
  get freshNotes(): NoteView[] {
    return this.page.notes.filter((note) => note.new || (!note.by.me && !this.#known.has(note.row)));
  }

  value(field: string): FieldValue {
    return this.page.fields[field] ?? null;
  }

  /** What stood there at the visit before. */
  before(field: string): FieldValue {
    return this.page.previous?.fields[field] ?? null;
  }

  disagreement(field: string): Disagreement | undefined {
    return this.page.disagreements.find((one) => one.field === field);
  }

  /** Whether a section holds an undecided answer: what is computed from it would rest on a guess. */
  undecidedIn(name: SectionName): boolean {
    return this.page.disagreements.some((one) => sectionOf(one.field) === name);
  }

  section(name: SectionName) {
    return this.page.sections.find((section) => section.name === name);
  }

  draftName(field: string): string {
    return `${this.page.document}/${field}`;
  }

  /** Keeps one answer. */
  async keep(field: string, value: FieldValue): Promise<Whereabouts> {
    const [collection, row, of] = field.split('/');
    const one = of === undefined || row === undefined ? setField(field, value) : setRow(collection ?? '', row, of, value);
    return this.#edit(field, value, [one, ...beside(field, value, this.page.fields)]);
  }

  /** Keeps edits that are one act. */
  async edit(...edits: Edit[]): Promise<Whereabouts> {
    return (await edit(this.page.document, ...edits)).whereabouts;
  }

  async #edit(field: string, value: FieldValue, edits: Edit[]): Promise<Whereabouts> {
    try {
      const whereabouts = await this.edit(...edits);
      this.undecided.delete(field);
      return whereabouts;
    } catch (cause) {
      // Nothing typed is lost: it becomes the third answer in the talk that the page shows for this field.
      if (asFailure(cause).code === 'edit.in_conflict') this.undecided.set(field, value);
      throw cause;
    }
  }

  /** A disagreement was settled: the draft that waited for it holds the chosen answer from now on. */
  async settled(field: string, value: FieldValue): Promise<void> {
    this.undecided.delete(field);
    const waiting = unkept.find(this.draftName(field));
    if (!waiting) return;
    if (!same(waiting.words, encode(value))) waiting.type(encode(value));
    await waiting.flush();
  }
}

/** A level is of the day on which it is set; what it says of the person's usual state follows from that day. */
function beside(field: string, value: FieldValue, fields: VisitPage['fields']): Edit[] {
  if (field !== 'cfs.level' || value === null || fields['cfs.assessed_on'] !== undefined || !app.today) return [];
  return [setField('cfs.assessed_on', app.today)];
}

export const [work, provideWork] = createContext<Work>();
