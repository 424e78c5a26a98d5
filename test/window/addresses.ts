import { demoId } from './fake-backend/planes.ts'

const plane = `/planes/${demoId}`

/** Every view and its details, by address: `shown` selects what is there once the view has loaded. */
export const addresses: readonly { readonly address: string; readonly shown: string }[] = [
  { address: '/', shown: 'main article' },
  { address: '/?view=tiles&group=region', shown: 'main article' },
  { address: `${plane}/overview`, shown: '[role=tabpanel] section' },
  { address: `${plane}/overview?component=agent`, shown: '[role=dialog] h2' },
  { address: `${plane}/overview?endpoint=event-hub`, shown: '[role=dialog] h2' },
  { address: `${plane}/connectivity`, shown: '[data-endpoint]' },
  { address: `${plane}/connectivity?row=event-hub+pod%2Fhangar-plane`, shown: '[data-endpoint]' },
  { address: `${plane}/connectivity?view=map`, shown: '[role=tabpanel] section :is([role=button], td)' },
  { address: `${plane}/connectivity?runs=all`, shown: 'main table' },
  { address: `${plane}/workloads`, shown: '[role=treeitem]' },
  { address: `${plane}/logs`, shown: '[role=listbox] [role=option]' },
  { address: `${plane}/logs?show=patterns`, shown: 'main tbody tr' },
  { address: `${plane}/logs?engine=loki%3Alogging%2Floki%3A3100`, shown: '[role=listbox] [role=option]' },
  { address: `${plane}/activity`, shown: '[data-entry]' },
  { address: `${plane}/about`, shown: '[role=tabpanel] dl' },
  { address: `${plane}/install/settings`, shown: 'main form' },
  { address: `${plane}/install/preflight`, shown: 'main ol' },
  { address: `${plane}/install/review`, shown: 'main ol' },
  { address: `${plane}/install/done`, shown: 'main ol' },
  { address: '/install/cluster', shown: '[role=option]' },
  { address: '/connect', shown: 'main [role=combobox]' },
  { address: '/check', shown: 'main form, main [role=combobox]' },
  { address: '/activity', shown: '[data-entry]' },
  { address: '/profiles', shown: 'main li' },
  { address: '/profiles/demo', shown: '.cm-content' },
  { address: '/settings', shown: 'main h2' },
  { address: '/help', shown: 'main h1' },
  { address: '/help/causes/tls-reset', shown: '#help-tls-reset' },
]
