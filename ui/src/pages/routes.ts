// Which page stands at which address.

import type { Component } from 'svelte';
import AccessPage from './access/AccessPage.svelte';
import ConsentPage from './consent/ConsentPage.svelte';
import CopyPage from './copy/CopyPage.svelte';
import DoctorPage from './doctor/DoctorPage.svelte';
import ReadingPage from './doctor/ReadingPage.svelte';
import ElsewherePage from './elsewhere/ElsewherePage.svelte';
import EmergencyPage from './emergency/EmergencyPage.svelte';
import EnrolPage from './enrol/EnrolPage.svelte';
import LookedPage from './looked/LookedPage.svelte';
import NewPersonPage from './newperson/NewPersonPage.svelte';
import ObservePage from './observe/ObservePage.svelte';
import PersonPage from './person/PersonPage.svelte';
import RoundPage from './round/RoundPage.svelte';
import SearchPage from './search/SearchPage.svelte';
import SettingsPage from './settings/SettingsPage.svelte';
import SheetPage from './sheet/SheetPage.svelte';
import SyncPage from './sync/SyncPage.svelte';
import TodoPage from './todo/TodoPage.svelte';
import VisitPage from './visit/VisitPage.svelte';

/** What every page gets: the parts of the address after its name. */
export interface PageProps {
  parts: string[];
}

type Page = Component<PageProps>;

/** A page that needs nothing from the address; what it is given, it leaves. */
function plain(page: unknown): Page {
  return page as Page;
}

const PAGES: Record<string, Page> = {
  round: RoundPage,
  search: plain(SearchPage),
  person: PersonPage,
  visit: VisitPage,
  access: AccessPage,
  consent: ConsentPage,
  elsewhere: ElsewherePage,
  emergency: EmergencyPage,
  looked: LookedPage,
  copy: CopyPage,
  sheet: SheetPage,
  observe: ObservePage,
  doctor: plain(DoctorPage),
  reading: ReadingPage,
  todo: plain(TodoPage),
  sync: plain(SyncPage),
  settings: plain(SettingsPage),
  enrol: EnrolPage,
};

/** The page of an address, or none. */
export function pageAt(page: string, parts: string[]): Page | null {
  if (page === 'person' && parts[0] === 'new') return plain(NewPersonPage);
  return PAGES[page] ?? null;
}

/** Which addresses are the same page with other contents, and need not begin anew. */
export function identityOf(page: string, parts: string[]): string {
  return page === 'round' ? page : [page, parts[0] ?? ''].join('/');
}
