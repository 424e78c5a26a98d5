import type { Plugin } from 'vite'

/** Does what the host does to the page (main/page/reply.ts). Without its content policy: hot reload needs inline scripts. */
export const pageOfHost: Plugin = {
  name: 'page-of-host',
  transformIndexHtml: (html) => html.replaceAll('HANGAR_NONCE', '').replaceAll('HANGAR_HOST', 'browser'),
}
