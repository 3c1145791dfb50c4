"""Data folders that earlier versions of this program wrote, used by the present one."""
