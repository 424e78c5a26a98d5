import type { Finding } from '../../../preload/contract/connectivity.ts'
import { failedEndpoints, type Matrix } from './matrix.ts'

/**
 * What is wrong, above the rows: the findings (one cause of several endpoints), then the causes of failed endpoints that none of
 * them covers, each with its hint. `stableMatrix` has the results before the run in progress. Pure.
 */
export function causesOf(matrix: Matrix, stableMatrix: Matrix = matrix): readonly Finding[] {
  const covered = new Set(matrix.findings.flatMap(({ endpoints }) => endpoints))
  const failed = failedEndpoints(stableMatrix)
    .filter((endpoint) => !covered.has(endpoint))
    .flatMap((endpoint) =>
      Object.values(stableMatrix.cells[endpoint] ?? {}).flatMap(({ result }) =>
        result?.verdict === 'fail' ? [result] : [],
      ),
    )
  const alone = [...Map.groupBy(failed, ({ cause }) => cause)].map(([cause, results]): Finding => {
    const vantages = new Map(results.map(({ vantage }) => [`${vantage.kind}/${vantage.name}`, vantage]))
    const evidence = results[0]?.stages.find(({ verdict }) => verdict === 'fail')?.evidence ?? ''
    return {
      cause,
      endpoints: [...new Set(results.map(({ endpoint }) => endpoint))],
      vantages: [...vantages.values()],
      hint: results[0]?.hint ?? '',
      evidence,
    }
  })
  return [...matrix.findings, ...alone]
}
