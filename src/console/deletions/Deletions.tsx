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
import { KeptList, type KeptSource, UndoNotice } from './KeptList.tsx';

type Source = KeptSource<typeof deletionListSchema, Deletion, typeof restorationAnswerSchema>;

/** The list of what owners deleted of one kind and may bring back; nothing for whoever is no owner. */
export function Deletions({ kind }: { readonly kind: DeletionKind }) {
  const source = useSource(kind);
  return useHere().isOwner ? <KeptList source={source} /> : null;
}

/** At the top of the same page: takes back what was deleted just now. */
export function UndoDeletion({ kind }: { readonly kind: DeletionKind }) {
  return <UndoNotice source={useSource(kind)} />;
}

function useSource(kind: DeletionKind): Source {
  const { t } = useConsoleText();
  return {
    path: 'deletions',
    query: { kind },
    list: deletionListSchema,
    page: ({ deletions, total, next }: DeletionList) => ({ rows: deletions, total, next }),
    answer: restorationAnswerSchema,
    word: kind === 'team' ? 'deleted' : 'removed',
    text: t(`deleted.text.${kind}`),
    about: () => <p>{t(`deleted.about.${kind}`)}</p>,
    renames: kind === 'team' || kind === 'connection',
    restored: (answer) => <Restored answer={answer} />,
  };
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
