// The empty page that first pictures are measured against: it says that it is painted, and nothing else.
requestAnimationFrame(() => setTimeout(() => void window.__TAURI_INTERNALS__?.invoke('painted', { page: 'blank' })));
