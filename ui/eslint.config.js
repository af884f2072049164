import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default ts.config(
  { ignores: ['dist/', 'src/generated/', 'node_modules/'] },
  ...ts.configs.strict,
  ...ts.configs.stylistic,
  ...svelte.configs['flat/recommended'],
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      // What a nurse typed must not be lost in a promise that nobody looks at.
      'no-console': 'error',
      eqeqeq: 'error',
      // Data never lives in the webview: the companion keeps it.
      'no-restricted-globals': ['error', 'localStorage', 'sessionStorage', 'indexedDB', 'alert', 'confirm'],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Records and row orders are read by index where the loop has just checked it.
      '@typescript-eslint/no-non-null-assertion': 'error',
      // A map or set in a module of runes is as often a plain helper; what must be reactive is said with $state.
      'svelte/prefer-svelte-reactivity': 'off',
      // A space at the edge of a block has to be said as a string.
      'svelte/no-useless-mustaches': 'off',
      // The router is a hash router of ours; SvelteKit's resolve() does not exist here.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig },
    },
  },
  {
    files: ['tools/**', 'tests/**', '*.config.*'],
    languageOptions: { globals: { ...globals.node } },
    rules: { 'no-console': 'off' },
  },
);
