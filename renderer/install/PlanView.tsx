import type { Plan } from '../../preload/contract/install.ts'
import { t } from '../strings/t.ts'
import { Changes } from './Changes.tsx'
import classes from './Plan.module.css'
import { type GroupRow, type PlanGroup, planGroups } from './planGroups.ts'

/** What a plan does, by kind: "3 namespaces, 5 secrets, 7 releases". Each group opens to its steps. */
export function PlanView({ plan }: { readonly plan: Plan }) {
  const groups = planGroups(plan)
  return (
    <ul className={classes.groups} aria-label={t('install.plan.steps')}>
      {groups.map((group) => (
        <Group key={group.id} group={group} />
      ))}
    </ul>
  )
}

function Group({ group: { id, rows, counts, isOpen } }: { readonly group: PlanGroup }) {
  return (
    <li className={classes.group}>
      <details open={isOpen}>
        <summary className={classes.summary}>
          <span className={classes.name}>{t(`install.plan.group.${id}`, { count: rows.length })}</span>
          <span className={classes.counts}>
            {counts.map(([act, count]) => (
              <span key={act} className={classes.act} data-act={act}>
                {t(`install.plan.act.${act}`, { count })}
              </span>
            ))}
          </span>
        </summary>
        <ol className={classes.rows} aria-label={t(`install.plan.group.${id}`, { count: rows.length })}>
          {rows.map((row) => (
            <Row key={row.step.id} row={row} />
          ))}
        </ol>
      </details>
    </li>
  )
}

/** Before and after, the objects, and notes. */
function Row({ row: { step, act, position } }: { readonly row: GroupRow }) {
  const { title, kind, namespace, before, after, changes, objects, notes } = step
  return (
    <li className={classes.row}>
      <span className={classes.position}>{t('install.plan.position', { position })}</span>
      <span className={classes.act} data-act={act}>
        {t(`install.plan.kind.${kind}`)}
      </span>
      <span className={classes.title}>{title}</span>
      {namespace !== undefined && <span className={`${classes.namespace} mono`}>{namespace}</span>}
      <div className={classes.more}>
        {(before !== '' || after !== '') && (
          <dl className={classes.change}>
            <dt>{t('install.plan.before')}</dt>
            <dd>{before}</dd>
            <dt>{t('install.plan.after')}</dt>
            <dd>{after}</dd>
          </dl>
        )}
        <Changes changes={changes} open={kind === 'helm-repair'} />
        {objects.length > 0 && (
          <details>
            <summary>{t('install.plan.objects', { count: objects.length })}</summary>
            <ul className={`${classes.objects} mono`}>
              {objects.map((object) => (
                <li key={`${object.kind}/${object.namespace ?? ''}/${object.name}`}>
                  {object.kind} {object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`}
                </li>
              ))}
            </ul>
          </details>
        )}
        {notes.length > 0 && (
          <ul className={classes.notes}>
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        )}
      </div>
    </li>
  )
}
