// Where each role begins and what stands in its navigation.

import Eye from '@lucide/svelte/icons/eye';
import Inbox from '@lucide/svelte/icons/inbox';
import ListOrdered from '@lucide/svelte/icons/list-ordered';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import Search from '@lucide/svelte/icons/search';
import Settings from '@lucide/svelte/icons/settings';
import type { Component } from 'svelte';
import type { Rights, Role } from '../lib/api';

export interface NavigationItem {
  page: string;
  /** Key of its word. */
  word: string;
  icon: Component;
}

const ROUND: NavigationItem = { page: 'round', word: 'nav.round', icon: ListOrdered };
const DAY_LIST: NavigationItem = { page: 'round', word: 'nav.day_list', icon: ListOrdered };
const DOCTOR: NavigationItem = { page: 'doctor', word: 'nav.doctor', icon: Eye };
const SEARCH: NavigationItem = { page: 'search', word: 'nav.search', icon: Search };
const TODO: NavigationItem = { page: 'todo', word: 'nav.todo', icon: Inbox };
const SYNC: NavigationItem = { page: 'sync', word: 'nav.sync', icon: RefreshCw };
const SETTINGS: NavigationItem = { page: 'settings', word: 'nav.settings', icon: Settings };

export function navigation(role: Role, may: Rights): NavigationItem[] {
  const items: NavigationItem[] = [];
  if (role === 'doctor' && may.health) items.push(DOCTOR);
  if (may.rounds) items.push(role === 'hemtjanst' ? DAY_LIST : ROUND);
  items.push(SEARCH);
  if (role !== 'hemtjanst') items.push(TODO);
  items.push(SYNC, SETTINGS);
  return items;
}

/** The page that opens first. */
export function startPage(role: Role, may: Rights): string {
  return navigation(role, may)[0]?.page ?? 'search';
}
