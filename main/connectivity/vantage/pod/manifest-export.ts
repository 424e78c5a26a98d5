import { stringify } from 'yaml'
import type { Manifest } from './manifest.ts'
import type { Work } from './work.ts'

/** The contract's limit for a manifest. */
const limitCharacters = 300_000

/** The probe as YAML for an administrator to apply, with instructions. Files come before the Job that needs them. Pure. */
export function manifestForExport({ job, files }: Manifest, { plans }: Work): string {
  const { name, namespace = '' } = job.metadata
  const without = plans.filter(({ target }) => target.clientCertificateMissing).map(({ id }) => id)
  const hidden = plans.filter(({ target }) => target.path?.includes('***')).map(({ id }) => id)
  const head = [
    `Checks ${plans.length} ${plans.length === 1 ? 'destination' : 'destinations'} from a pod and prints one line of JSON for each event.`,
    'It sends nothing else, has no token for this cluster, and ends by itself.',
    '',
    '  kubectl create -f THIS-FILE',
    `  kubectl logs -n ${namespace} -f job/${name}`,
    `  kubectl delete -n ${namespace} job/${name} ${files.map(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name}`).join(' ')}`,
    ...(without.length === 0
      ? []
      : ['', `Client certificates are not included. These endpoints are checked without them: ${without.join(', ')}`]),
    ...(hidden.length === 0
      ? []
      : ['', `Secrets in paths are replaced by "***". Insert them for these endpoints: ${hidden.join(', ')}`]),
  ]
  const text = [
    head.map((line) => `# ${line}`.trimEnd()).join('\n'),
    ...[...files, job].map((object) => stringify(object, { lineWidth: 0 }).trimEnd()),
  ].join('\n---\n')
  return text.length <= limitCharacters
    ? `${text}\n`
    : `# The table has too many endpoints for one manifest (${plans.length}): check fewer at once.\n`
}
