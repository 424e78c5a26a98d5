import type { AllowListFormat, TextFile } from '../../../preload/contract/connectivity.ts'
import { fileName } from '../report/render.ts'
import { awsFirewallList } from './aws-network-firewall.ts'
import { azureFirewallList } from './azure-firewall.ts'
import { ciliumPolicies } from './cilium-policy.ts'
import { csvList } from './csv.ts'
import type { AllowListSubject } from './destination.ts'
import { markdownList } from './markdown.ts'
import { networkPolicies } from './network-policy.ts'
import { squidList } from './squid.ts'

interface Renderer {
  readonly extension: string
  readonly mediaType: string
  readonly text: (subject: AllowListSubject) => string
}

const renderers: Readonly<Record<AllowListFormat, Renderer>> = {
  markdown: { extension: 'md', mediaType: 'text/markdown', text: markdownList },
  csv: { extension: 'csv', mediaType: 'text/csv', text: csvList },
  squid: { extension: 'conf', mediaType: 'text/plain', text: squidList },
  'azure-firewall': { extension: 'json', mediaType: 'application/json', text: azureFirewallList },
  'aws-network-firewall': { extension: 'rules', mediaType: 'text/plain', text: awsFirewallList },
  networkpolicy: { extension: 'yaml', mediaType: 'application/yaml', text: networkPolicies },
  ciliumnetworkpolicy: { extension: 'yaml', mediaType: 'application/yaml', text: ciliumPolicies },
}

/** An allow-list as a document. Pure. */
export function renderAllowList(format: AllowListFormat, subject: AllowListSubject): TextFile {
  const { extension, mediaType, text } = renderers[format]
  return { name: `${format}-${fileName(subject.title)}.${extension}`, mediaType, text: text(subject) }
}
