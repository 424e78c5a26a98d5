import { stringify } from 'yaml'
import { z } from 'zod'
import { Problem } from '../../../preload/contract/problem.ts'
import { JsonObject } from '../../../preload/contract/words.ts'
import { parseYaml } from '../../lib/yaml-documents.ts'
import { chartTag } from './chart-artifact.ts'
import { withEdits } from './image-edits.ts'
import type { KitManifest } from './manifest.ts'
import { type Destination, destinationText, referenceIn, repositoryIn } from './references.ts'

/** Only what changes; the rest of the profile is taken over as it is, and checked as every profile is. */
const Text = z.looseObject({
  endpoints: z
    .array(z.looseObject({ clientProfile: z.looseObject({ trust: z.unknown().optional() }).optional() }))
    .optional(),
  releases: z.array(z.looseObject({ name: z.string(), values: JsonObject.default({}), source: JsonObject.optional() })),
})

/** Where the chart of a release is in the folder of the imported profile. */
export const chartFolder = (release: string): string => `charts/${release}`

/** Where the certificates that a profile names are in the folder of the imported one. */
export const certificateFolder = 'certificates'
export const certificateName = (digest: string): string =>
  `${digest.slice('sha256:'.length, 'sha256:'.length + 16)}.pem`

/**
 * The profile of a kit whose content was pushed: its charts are beside it, its images come from that registry by digest, and it
 * says so, so that an install with an image from elsewhere is refused. Throws KIT_INVALID. Pure.
 */
export function importedProfile(
  text: string,
  { images, charts, certificates = [], probeImage }: KitManifest,
  digest: string,
  {
    name,
    destination,
    insecure,
  }: { readonly name: string; readonly destination: Destination; readonly insecure: boolean },
): string {
  const parsed = Text.safeParse(parseYaml(text))
  if (!parsed.success) throw new Problem('KIT_INVALID', 'The profile of the kit is not valid.')
  const byReference = new Map(images.map((image) => [image.reference, image]))
  const probe = byReference.get(probeImage ?? '')
  const releases = parsed.data.releases.map((release) => {
    const chart = charts.find((each) => each.release === release.name)
    if (chart === undefined) throw new Problem('KIT_INVALID', `The kit has no chart for release ${release.name}.`)
    const repository = repositoryIn(destination, `charts/${chart.name}`)
    return {
      ...release,
      chart: { path: chartFolder(release.name) },
      values: withEdits(release.values, chart.edits, byReference, destination),
      ...(release.source && {
        source: { url: `oci://${destination.registry}/${repository}`, tag: chartTag(chart.version), insecure },
      }),
    }
  })
  const paths = new Map(
    certificates.map(({ path, digest: of }) => [path, `${certificateFolder}/${certificateName(of)}`]),
  )
  const { endpoints } = parsed.data
  const profile = {
    ...parsed.data,
    name,
    ...(endpoints && { endpoints: endpoints.map((endpoint) => withTrust(endpoint, paths)) }),
    imageRegistry: destinationText(destination),
    ...(probe && { probeImage: referenceIn(destination, probe) }),
    releases,
  }
  return `# Imported from the kit sha256:${digest}.\n${stringify(profile, { aliasDuplicateObjects: false, lineWidth: 0 })}`
}

type EndpointText = NonNullable<z.infer<typeof Text>['endpoints']>[number]

/** The endpoint with the file of its trusted roots where the kit's certificates are. Pure. */
function withTrust(endpoint: EndpointText, paths: ReadonlyMap<string, string>): EndpointText {
  const { clientProfile } = endpoint
  const file: unknown = Reflect.get(Object(clientProfile?.trust), 'file')
  const moved = typeof file === 'string' ? paths.get(file) : undefined
  if (clientProfile === undefined || moved === undefined) return endpoint
  return { ...endpoint, clientProfile: { ...clientProfile, trust: { file: moved } } }
}
