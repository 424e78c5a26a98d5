import type { Plugin } from 'vite'

/** Changes the page as the host does (main/page/reply.ts), but without its content policy: hot reload needs inline scripts. */
export const pageOfHost: Plugin = {
  name: 'page-of-host',
  transformIndexHtml: (html) => html.replaceAll('HANGAR_NONCE', '').replaceAll('HANGAR_HOST', 'browser'),
}
