import { t } from '../../strings/t.ts'
import { Panel } from '../../ui/Panel.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import classes from './Overview.module.css'

/** In the place of the map, with its height. */
export const MapSkeleton = () => (
  <Panel title={t('overview.map.title')}>
    <div className={classes.mapSpace}>
      <Skeleton lines={9} />
    </div>
  </Panel>
)
