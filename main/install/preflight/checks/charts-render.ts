import { Problem } from '../../../../preload/contract/problem.ts'
import { defineCheck, pass } from '../check.ts'

const hint = "Correct the settings, the values or the chart. The evidence has helm's output."

export const chartsRender = defineCheck({
  id: 'charts.render',
  title: 'Chart rendering',
  category: 'plane',
  severity: 'strict',
  needs: ['renderings'],
  about:
    'Fetches each chart and renders it with the plane’s values, for the Kubernetes version and the API versions of this cluster. Most other checks compare the cluster with what is rendered.',
  remedy:
    'The evidence has helm’s output. An error of the schema names the value; an error of a template names its file and line. If the chart cannot be fetched, check the registry, the proxy and the digest in the profile.',
  decide({ renderings }) {
    if (renderings instanceof Problem) {
      // A chart could not be fetched.
      const { code, message, evidence } = renderings
      if (!/^(HELM_FAILED|FILE_\w+|CHART_CHANGED)$/.test(code)) throw renderings
      return { verdict: 'fail', message, hint: code === 'HELM_FAILED' ? hint : renderings.hint, evidence }
    }
    const { releases } = renderings
    const evidence = releases
      .map(({ name, objects, problem }) => `${name}: ${problem?.evidence ?? `${objects} objects`}`)
      .join('\n')
    const problems = releases.flatMap(({ problem }) => problem ?? [])
    if (problems.length === 0) return pass(`${releases.length} charts rendered.`, evidence)
    return { verdict: 'fail', message: problems.map(({ message }) => message).join(' '), hint, evidence }
  },
})
