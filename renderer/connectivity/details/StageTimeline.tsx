import type { StageResult } from '../../../preload/contract/connectivity.ts'
import { t } from '../../strings/t.ts'
import { Status, verdictStatus } from '../../ui/Status.tsx'
import classes from './Details.module.css'
import { spansOf } from './timeline.ts'

/** The stages of one row from one vantage, on a time axis, with their evidence. */
export function Timeline({ title, stages }: { readonly title: string; readonly stages: readonly StageResult[] }) {
  return (
    <table className={classes.stages} aria-label={title}>
      <thead>
        <tr>
          <th scope="col">{t('connectivity.timeline.stage')}</th>
          <th scope="col">{t('connectivity.timeline.verdict')}</th>
          <th scope="col" className={classes.number}>
            {t('connectivity.timeline.start')}
          </th>
          <th scope="col" className={classes.number}>
            {t('connectivity.timeline.duration')}
          </th>
          <th scope="col" className={classes.track}>
            <span className="hidden">{t('connectivity.timeline.timeline')}</span>
          </th>
          <th scope="col">{t('connectivity.timeline.evidence')}</th>
        </tr>
      </thead>
      <tbody>
        {spansOf(stages).map(({ stage, startMs, left, width }) => (
          <tr key={stage.stage}>
            <th scope="row">{t(`connectivity.stage.${stage.stage}`)}</th>
            <td>
              <Status appearance={verdictStatus[stage.verdict]} />
            </td>
            <td className={`${classes.number} numbers`}>
              {startMs === undefined ? '' : t('connectivity.milliseconds', { ms: Math.round(startMs) })}
            </td>
            <td className={`${classes.number} numbers`}>
              {startMs === undefined ? '' : t('connectivity.milliseconds', { ms: Math.round(stage.ms) })}
            </td>
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
