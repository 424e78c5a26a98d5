import type { StageResult } from '../../../preload/contract/connectivity.ts'
import { Status, verdictStatus } from '../../ui/Status.tsx'
import { stageTitles } from '../words.ts'
import classes from './Details.module.css'
import { spansOf } from './timeline.ts'

/** The stages of one row from one vantage: when each began, how long it took, and what it saw. */
export function Timeline({ title, stages }: { readonly title: string; readonly stages: readonly StageResult[] }) {
  return (
    <table className={classes.stages} aria-label={title}>
      <thead>
        <tr>
          <th scope="col">Stage</th>
          <th scope="col">Verdict</th>
          <th scope="col" className={classes.number}>
            After
          </th>
          <th scope="col" className={classes.number}>
            Took
          </th>
          <th scope="col" className={classes.track}>
            <span className="hidden">Share of the time</span>
          </th>
          <th scope="col">Evidence</th>
        </tr>
      </thead>
      <tbody>
        {spansOf(stages).map(({ stage, startMs, left, width }) => (
          <tr key={stage.stage}>
            <th scope="row">{stageTitles[stage.stage]}</th>
            <td>
              <Status appearance={verdictStatus[stage.verdict]} />
            </td>
            <td className={`${classes.number} numbers`}>{startMs === undefined ? '' : `${Math.round(startMs)} ms`}</td>
            <td className={`${classes.number} numbers`}>{startMs === undefined ? '' : `${Math.round(stage.ms)} ms`}</td>
            <td className={classes.track}>
              {startMs !== undefined && (
                <span
                  className={classes.bar}
                  data-verdict={stage.verdict}
                  style={{ marginLeft: `${left}%`, width: `${width}%` }}
                />
              )}
            </td>
            <td className={`${classes.evidence} mono`}>{stage.evidence}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
