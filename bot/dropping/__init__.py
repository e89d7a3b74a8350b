"""Files of dossiers that other systems drop in a folder."""
