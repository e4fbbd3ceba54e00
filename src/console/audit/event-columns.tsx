import { Button } from '@mantine/core';
import type { AuditEvent } from '../../shared/contracts/hub-api.ts';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import type { Column } from '../parts/Table.tsx';
import { WhoName } from '../parts/WhoName.tsx';
import { ActionName } from './ActionName.tsx';

/** What a list says of a change: what, of whom, by whom, when, and a way to its values. `target`: title of the second. */
export function useEventColumns(
  target: string,
  onShow: (event: AuditEvent) => void,
): readonly Column<AuditEvent>[] {
  const { t } = useConsoleText();
  return [
    { title: t('audit.action'), cell: ({ action }) => <ActionName action={action} withCode /> },
    { title: target, cell: (event) => event.target.label },
    { title: t('audit.actor'), cell: ({ actor }) => <WhoName name={actor.label} /> },
    { title: t('audit.when'), sort: 'at', cell: ({ at }) => <When at={at} /> },
    {
      title: t('list.actions'),
      quiet: true,
      cell: (event) => (
        <Button
          variant="default"
          size="xs"
          aria-label={t('audit.showNamed', { action: event.action, target: event.target.label })}
          onClick={() => onShow(event)}
        >
          {t('audit.show')}
        </Button>
      ),
    },
  ];
}
