import mark from '../../assets/mark.svg';
import classes from './Mark.module.css';

/** The bollard with its rope: the one picture that stands for Mooring. Decorative, since the name is beside it. */
export function Mark({ size = 28 }: { readonly size?: number }) {
  return <img src={mark} width={size} height={size} alt="" className={classes.mark} draggable={false} />;
}

/** The mark and the name. */
export function Wordmark({ name }: { readonly name: string }) {
  return (
    <span className={classes.wordmark}>
      <Mark />
      <span className={classes.name}>{name}</span>
    </span>
  );
}
