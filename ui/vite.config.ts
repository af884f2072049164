import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  // The texts lie beside the interface, because the Rust side reads the same files.
  server: { fs: { allow: ['..'] } },
  build: {
    target: 'es2022',
    // The content security policy allows nothing inlined as data: except images.
    assetsInlineLimit: 0,
    // The policy forbids inline scripts, which the preload polyfill would not add but might one day.
    modulePreload: { polyfill: false },
  },
  // Without this, tests would get Svelte's server build.
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  test: {
    environment: 'jsdom',
    include: ['tests/**/*.test.ts', 'src/**/*.test.ts'],
    // Times in tests are those of a Swedish wall clock.
    env: { TZ: 'Europe/Stockholm' },
  },
});
