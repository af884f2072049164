// What other pages need of disagreements.

export { default as DisagreementCard } from './Disagreement.svelte';
export { default as Settled } from './Settled.svelte';
