import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import { helpPages } from './scripts/help-pages.ts'
import { visibleElements } from './scripts/visible-elements.ts'

const root = import.meta.dirname

// Every file of that name runs in a thread of its own, so it is a file of its own beside the entries.
const threads = globSync('main/**/*.thread.ts', { cwd: root }).toSorted()
const entries = ['main/index.ts', 'main/serve.ts', 'main/cli.ts', ...threads]

export default defineConfig({
  main: {
    // Dependencies stay packages beside the app: some have native parts, and none gains by being bundled.
    build: {
      outDir: 'out/main',
      externalizeDeps: true,
      sourcemap: true,
      rolldownOptions: {
        input: Object.fromEntries(entries.map((entry) => [basename(entry, '.ts'), join(root, entry)])),
        // All in one folder: what a feature's file finds by its own place, two folders up, it finds from here too.
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      externalizeDeps: false,
      // A sandboxed preload cannot be an ES module.
      lib: { entry: join(root, 'preload/bridge.ts'), formats: ['cjs'], fileName: () => 'bridge.cjs' },
    },
  },
  renderer: {
    root: join(root, 'renderer'),
    base: '/',
    publicDir: join(root, 'assets/icons/public'),
    plugins: [visibleElements(root), helpPages(root), react()],
    build: {
      outDir: join(root, 'out/renderer'),
      emptyOutDir: true,
      minify: true,
      modulePreload: { polyfill: false },
      // An inlined file would be a `data:` URL, which the content policy allows for images alone.
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      rolldownOptions: {
        input: join(root, 'renderer/index.html'),
        output: {
          codeSplitting: {
            groups: [
              { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
              { name: 'mantine', test: /node_modules[\\/](@mantine|@floating-ui)[\\/]/ },
            ],
          },
        },
      },
    },
  },
})
