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

interface Form {
  readonly ending: string
  readonly mediaType: string
  readonly text: (subject: AllowListSubject) => string
}

const forms: Readonly<Record<AllowListFormat, Form>> = {
  markdown: { ending: 'md', mediaType: 'text/markdown', text: markdownList },
  csv: { ending: 'csv', mediaType: 'text/csv', text: csvList },
  squid: { ending: 'conf', mediaType: 'text/plain', text: squidList },
  'azure-firewall': { ending: 'json', mediaType: 'application/json', text: azureFirewallList },
  'aws-network-firewall': { ending: 'rules', mediaType: 'text/plain', text: awsFirewallList },
  networkpolicy: { ending: 'yaml', mediaType: 'application/yaml', text: networkPolicies },
  ciliumnetworkpolicy: { ending: 'yaml', mediaType: 'application/yaml', text: ciliumPolicies },
}

/** An allow-list as a document. Pure. */
export function renderAllowList(format: AllowListFormat, subject: AllowListSubject): TextFile {
  const { ending, mediaType, text } = forms[format]
  return { name: `${format}-${fileName(subject.title)}.${ending}`, mediaType, text: text(subject) }
}
