import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, it, vi } from 'vitest';
import DraftField from '../src/components/DraftField.svelte';
import FailedDrafts from '../src/shell/FailedDrafts.svelte';

it('says when words could not be kept, keeps them in sight, and keeps them on the next try', async () => {
  let full = true;
  const save = vi.fn(async () => {
    if (full) throw { code: 'store.disk_full', params: {}, message: 'full' };
    return { is: 'on_server' as const, at: '2026-11-22T08:00:00Z' };
  });
  render(FailedDrafts);
  render(DraftField, { name: 'd/look_out_for', label: 'Se upp med', value: '', save, lines: 3, testid: 'field' });

  const field = screen.getByLabelText<HTMLTextAreaElement>('Se upp med');
  await fireEvent.input(field, { target: { value: 'Hund i hallen' } });
  await fireEvent.blur(field);
  expect(await screen.findByText('Kunde inte sparas. Texten står kvar.')).toBeTruthy();
  expect(await screen.findByTestId('failed-drafts')).toBeTruthy();
  expect(field.value).toBe('Hund i hallen');

  full = false;
  await fireEvent.click(screen.getAllByText('Försök igen')[0] as HTMLElement);
  expect(await screen.findByText('På servern')).toBeTruthy();
  expect(screen.queryByTestId('failed-drafts')).toBeNull();
});
