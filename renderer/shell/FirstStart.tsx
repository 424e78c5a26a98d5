import { UnstyledButton } from '@mantine/core'
import { useStore } from 'zustand'
import { t } from '../strings/t.ts'
import { Drawing } from '../ui/Drawing.tsx'
import { IconChevronRight } from '../ui/icons.ts'
import classes from './FirstStart.module.css'
import { useSession } from './sessionContext.ts'
import { ways } from './ways.ts'

/** What Hangar can do before it knows a plane. */
export function FirstStart() {
  const session = useSession()
  const go = useStore(session.route, (state) => state.go)
  return (
    <div className={classes.start}>
      <Drawing name="hangar" />
      <h1 className={classes.title}>{t('shell.home.title')}</h1>
      <p className={classes.about}>{t('shell.home.about')}</p>
      <ul className={classes.offers}>
        {ways.map(({ id, icon: OfferIcon, place }) => (
          <li key={id}>
            <UnstyledButton className={classes.offer} aria-describedby={`offer-${id}`} onClick={() => go(place)}>
              <OfferIcon size={20} aria-hidden className={classes.icon} />
              <span className={classes.name}>{t(`shell.home.offer.${id}.title`)}</span>
              <IconChevronRight size={16} aria-hidden className={classes.arrow} />
            </UnstyledButton>
            <span id={`offer-${id}`} className={classes.details}>
              {t(`shell.home.offer.${id}.details`)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
