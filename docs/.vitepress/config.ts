import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitepress'

/** `npm run docs` serves the documentation while you write, `npm run docs:build` builds it. A dead link fails the build. */
const docs = join(import.meta.dirname, '..')
const out = join(docs, '..', 'out', 'docs')

const title = (path: string): string => /^# (.+)$/m.exec(readFileSync(join(docs, path), 'utf8'))?.[1] ?? path

/** Pages of a folder that the sidebar does not name follow in the order of their file names. */
function pages(folder: string, first: readonly string[] = []) {
  const names = readdirSync(join(docs, folder))
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .map((name) => name.slice(0, -'.md'.length))
  const rest = names.filter((name) => !first.includes(name)).toSorted()
  return [...first.filter((name) => names.includes(name)), ...rest].map((name) => ({
    text: title(`${folder}/${name}.md`),
    link: `/${folder}/${name}`,
  }))
}

export default defineConfig({
  title: 'Hangar',
  description: 'Install, check, watch and read a self-hosted private data plane from your own machine.',
  lang: 'en',
  outDir: out,
  cacheDir: join(docs, '..', 'node_modules', '.vitepress'),
  rewrites: { 'guide/README.md': 'guide/index.md' },
  // Built without git too, and read without the internet.
  lastUpdated: false,
  head: [['link', { rel: 'icon', href: '/icon.svg', type: 'image/svg+xml' }]],
  vite: { publicDir: join(docs, '..', 'assets', 'icons', 'public') },
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/guide/' },
      { text: 'Security', link: '/security-electron' },
      { text: 'Decisions', link: '/adr/', activeMatch: '^/adr/' },
    ],
    sidebar: {
      '/guide/': [
        {
          text: 'Guide',
          items: [
            { text: 'Overview', link: '/guide/' },
            ...pages('guide', [
              'first-start',
              'install',
              'kit',
              'checks',
              'kubeconfigs',
              'sign-in',
              'connectivity',
              'endpoints',
              'watch',
              'proxies',
              'allow-lists',
              'workloads',
              'activity',
              'health',
              'logs',
              'profiles',
              'trust',
              'browser',
            ]),
          ],
        },
      ],
      '/adr/': [{ text: 'Decisions', items: pages('adr', ['index']) }],
    },
    outline: [2, 3],
    search: { provider: 'local' },
  },
})
