import {
  type Deletion,
  type DeletionKind,
  type DeletionList,
  deletionListSchema,
  type RestorationAnswer,
  restorationAnswerSchema,
} from '../../shared/contracts/hub-deletions.ts';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { KeptList, type KeptSource } from './KeptList.tsx';

/** What owners deleted of one kind and may bring back; nothing for whoever is no owner. */
export function Deletions({ kind }: { readonly kind: DeletionKind }) {
  const { t } = useConsoleText();
  const { isOwner } = useHere();
  if (!isOwner) return null;
  const source: KeptSource<typeof deletionListSchema, Deletion, typeof restorationAnswerSchema> = {
    path: 'deletions',
    query: { kind },
    list: deletionListSchema,
    page: ({ deletions, total, next }: DeletionList) => ({ rows: deletions, total, next }),
    answer: restorationAnswerSchema,
    text: t(`deleted.text.${kind}`),
    about: () => <p>{t(`deleted.about.${kind}`)}</p>,
    renames: kind === 'team' || kind === 'connection',
    restored: (answer) => <Restored answer={answer} />,
  };
  return <KeptList source={source} />;
}

function Restored({ answer: { restored, parts } }: { readonly answer: RestorationAnswer }) {
  const { t } = useConsoleText();
  return (
    <>
      {t('deleted.restored', { name: restored.name })}{' '}
      {parts.map(({ part, restored: back, left }) => (
        <span key={part}>{t(`deleted.part.${part}`, { back, count: back + left })} </span>
      ))}
      {restored.kind === 'connection' ? t('deleted.connectionNext') : null}
    </>
  );
}
