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
  releases: z.array(z.looseObject({ name: z.string(), values: JsonObject.default({}), source: JsonObject.optional() })),
})

/** Where the chart of a release is in the folder of the imported profile. */
export const chartFolder = (release: string): string => `charts/${release}`

/**
 * The profile of a kit whose content was pushed: its charts are beside it, its images come from that registry by digest, and it
 * says so, so that an install with an image from elsewhere is refused. Throws KIT_INVALID. Pure.
 */
export function importedProfile(
  text: string,
  { images, charts, probeImage }: KitManifest,
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
  const profile = {
    ...parsed.data,
    name,
    imageRegistry: destinationText(destination),
    ...(probe && { probeImage: referenceIn(destination, probe) }),
    releases,
  }
  return `# Imported from the kit sha256:${digest}.\n${stringify(profile, { aliasDuplicateObjects: false, lineWidth: 0 })}`
}
